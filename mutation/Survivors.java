import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Compares the mutants that no test noticed with those that a document explains, and fails where they differ.
 *
 * <p>The document has a line for each, which names it by class, method, change and line of code, so that code may move around it. A class
 * that was not mutated is left alone, and so is what a busy machine may have ended for its time.
 */
final class Survivors {
    private static final String USAGE = "java Survivors.java <mutations.xml> <document.md> <folder of the code>";
    private static final Pattern TIMES = Pattern.compile("(.*) \\((\\d+) times\\)");

    private final Path code;
    private final Map<String, Integer> survived = new TreeMap<>();
    private final Map<String, Integer> doubtful = new TreeMap<>();
    private final TreeSet<String> classes = new TreeSet<>();
    private int mutants;
    private int noticed;

    private Survivors(Path code) {
        this.code = code;
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 3) {
            throw new IllegalArgumentException(USAGE);
        }
        Survivors survivors = new Survivors(Path.of(args[2]));
        survivors.read(new File(args[0]));
        System.exit(survivors.agreeWith(explained(Path.of(args[1]))) ? 0 : 1);
    }

    private void read(File report) throws Exception {
        NodeList all = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report)
                .getElementsByTagName("mutation");
        for (int i = 0; i < all.getLength(); i++) {
            Element mutant = (Element) all.item(i);
            mutants++;
            String name = name(mutant);
            classes.add(classOf(name));
            String status = mutant.getAttribute("status");
            if (status.equals("SURVIVED") || status.equals("NO_COVERAGE")) {
                survived.merge(name, 1, Integer::sum);
            } else {
                noticed++;
                if (status.equals("TIMED_OUT")) {
                    doubtful.merge(name, 1, Integer::sum);
                }
            }
        }
    }

    /** Such as {@code - `Tier.size` replaced int return with 0: `return servers.length;`}. */
    private String name(Element mutant) throws IOException {
        String full = text(mutant, "mutatedClass");
        String simple = full.substring(full.lastIndexOf('.') + 1);
        String method = text(mutant, "mutatedMethod")
                .replaceAll("lambda\\$(.*)\\$\\d+", "$1")
                .replace("<init>", "new");
        String change =
                text(mutant, "description").replaceAll(" for [\\w/$]+::.*", "").replaceAll("[\\w$]+/", "");
        Path file = code.resolve(full.substring(0, full.lastIndexOf('.') + 1).replace('.', '/'))
                .resolve(text(mutant, "sourceFile"));
        String line = Files.readAllLines(file)
                .get(Integer.parseInt(text(mutant, "lineNumber")) - 1)
                .strip();
        return "- `" + simple + "." + method + "` " + change + ": `" + line + "`";
    }

    private static String text(Element mutant, String tag) {
        return mutant.getElementsByTagName(tag).item(0).getTextContent();
    }

    private static String classOf(String name) {
        return name.substring(3, name.indexOf('.'));
    }

    private static Map<String, Integer> explained(Path document) throws IOException {
        Map<String, Integer> explained = new TreeMap<>();
        for (String line : Files.readAllLines(document)) {
            if (line.startsWith("- `")) {
                var times = TIMES.matcher(line);
                boolean several = times.matches();
                explained.merge(
                        several ? times.group(1) : line, several ? Integer.parseInt(times.group(2)) : 1, Integer::sum);
            }
        }
        return explained;
    }

    private boolean agreeWith(Map<String, Integer> explained) {
        System.out.printf(
                "%d of %d mutants noticed (%.1f %%), %d not%n",
                noticed, mutants, 100.0 * noticed / mutants, mutants - noticed);
        List<String> unexplained = survived.keySet().stream()
                .filter(name -> survived.get(name) > explained.getOrDefault(name, 0))
                .map(name -> times(name, survived.get(name)))
                .toList();
        List<String> noLonger = explained.keySet().stream()
                .filter(name -> classes.contains(classOf(name)))
                .filter(name -> explained.get(name) > survived.getOrDefault(name, 0) + doubtful.getOrDefault(name, 0))
                .map(name -> times(name, explained.get(name)))
                .toList();
        tell("not noticed, and not explained:", unexplained);
        tell("explained, but noticed or gone:", noLonger);
        return unexplained.isEmpty() && noLonger.isEmpty();
    }

    private static String times(String name, int times) {
        return times == 1 ? name : name + " (" + times + " times)";
    }

    private static void tell(String what, List<String> names) {
        if (!names.isEmpty()) {
            System.out.println(what);
            names.forEach(System.out::println);
        }
    }
}
