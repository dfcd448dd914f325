package io.apiserverlb.fleet;

import io.apiserverlb.fleet.Picking.Place;
import io.apiserverlb.fleet.Picking.Sessions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A node: clients with a session each, and the balancer through which they have it. */
final class Node {
    /** How fast a balancer closes the sessions of a server that failed or that asked for no new ones, in seconds. */
    record Pace(double leave, double drain) {}

    private static final double CLIENT_BACK_OFF = 1;
    private static final double HEDGE_AFTER = 0.25;
    /** A server that is not ready keeps its sessions for this share of the drain timeout. */
    private static final double UNSURE_SHARE = 6;

    private final Fleet fleet;
    private final Timeline time;
    private final Picking picking;
    private final Pace pace;
    private final Random random;
    private final List<Session> sessions = new ArrayList<>();
    /** For each server what its sessions are doing. */
    private final List<Sessions> orders;

    private boolean begun;

    Node(Fleet fleet, Timeline time, Picking picking, Pace pace, Random random, int servers) {
        this.fleet = fleet;
        this.time = time;
        this.picking = picking;
        this.pace = pace;
        this.random = random;
        this.orders = new ArrayList<>(Collections.nCopies(servers, Sessions.STAY));
    }

    /** One client's session, which it opens anew whenever it ends. */
    private final class Session {
        private @Nullable Place place;

        void open() {
            connect(new HashSet<>());
        }

        private void connect(Set<Integer> tried) {
            Place candidate = picking.pick(tried);
            int server = candidate.server();
            switch (fleet.conditionOf(server)) {
                case WELL, NOT_READY -> {
                    candidate.connected();
                    place = candidate;
                    fleet.arrived(server, !begun);
                    begun = true;
                }
                case REFUSING -> {
                    candidate.refused();
                    tried.add(server);
                    connect(tried);
                }
                case SILENT ->
                    time.after(HEDGE_AFTER, () -> {
                        candidate.silent();
                        candidate.close();
                        tried.add(server);
                        connect(tried);
                    });
            }
        }

        boolean isOn(int server) {
            return place != null && place.server() == server;
        }

        void end() {
            if (place != null) {
                fleet.left(place.server());
                place.close();
                place = null;
                time.after(random.nextDouble() * CLIENT_BACK_OFF, this::open);
            }
        }

        /** Ends it now and then by itself. */
        void live(double meanSeconds) {
            time.after(-Math.log(1 - random.nextDouble()) * meanSeconds, () -> {
                end();
                live(meanSeconds);
            });
        }
    }

    /** @param lifetime of a session on average, in seconds; 0: they last */
    void start(int clients, double within, double lifetime) {
        for (int server = 0; server < orders.size(); server++) {
            picking.checked(server, Picking.Verdict.PASS);
        }
        for (int i = 0; i < clients; i++) {
            Session session = new Session();
            sessions.add(session);
            time.after(random.nextDouble() * within, session::open);
            if (lifetime > 0) {
                session.live(lifetime);
            }
        }
    }

    /** The server ended all of its connections. */
    void reset(int server) {
        sessions.stream().filter(session -> session.isOn(server)).forEach(Session::end);
    }

    /** Checks a server from some moment within its interval on, until a time when all about it is over. */
    void check(int server, double until) {
        time.after(random.nextDouble() * picking.interval(server), () -> checkAndGoOn(server, until));
    }

    private void checkAndGoOn(int server, double until) {
        picking.checked(
                server,
                switch (fleet.conditionOf(server)) {
                    case WELL -> Picking.Verdict.PASS;
                    case NOT_READY -> Picking.Verdict.NOT_READY;
                    case REFUSING, SILENT -> Picking.Verdict.FAIL;
                });
        obey(server, picking.sessionsOf(server));
        double interval = picking.interval(server);
        if (time.seconds() + interval < until) {
            time.after(interval * (0.9 + 0.2 * random.nextDouble()), () -> checkAndGoOn(server, until));
        }
    }

    /** As the balancer does it: idle ones first, which to an onlooker is any order, each in a slot of its own. */
    private void obey(int server, Sessions order) {
        if (orders.set(server, order) == order || order == Sessions.STAY) {
            return;
        }
        List<Session> leaving =
                new ArrayList<>(sessions.stream().filter(s -> s.isOn(server)).toList());
        Collections.shuffle(leaving, random);
        double after = order == Sessions.LEAVE ? 0 : pace.drain() / UNSURE_SHARE;
        double over = (order == Sessions.LEAVE ? pace.leave() : pace.drain()) - after;
        for (int i = 0; i < leaving.size(); i++) {
            Session session = leaving.get(i);
            time.after(after + over * (i + random.nextDouble()) / leaving.size(), () -> {
                if (session.isOn(server) && picking.sessionsOf(server) != Sessions.STAY) {
                    session.end();
                }
            });
        }
    }
}
