package io.apiserverlb.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what is due when a test lets time pass, on the test's own thread. */
public final class ManualExecutor extends ScheduledThreadPoolExecutor {
    private final ManualClock clock;
    private final List<Task> tasks = new ArrayList<>();

    public ManualExecutor(ManualClock clock) {
        super(0);
        this.clock = clock;
    }

    /** Lets time pass in small steps. */
    public void run(Duration time) {
        Duration step = Duration.ofMillis(10);
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
            clock.advance(step);
            runDue();
        }
    }

    private void runDue() {
        List<Task> due = tasks.stream()
                .filter(task -> task.due.compareTo(clock.elapsed()) <= 0)
                .sorted(Comparator.comparing(task -> task.due))
                .toList();
        tasks.removeAll(due);
        due.forEach(Task::run);
    }

    @Override
    public void execute(Runnable task) {
        schedule(task, 0, TimeUnit.NANOSECONDS);
        runDue();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        Task task = new Task(command, clock.elapsed().plusNanos(unit.toNanos(delay)));
        tasks.add(task);
        return task;
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        Runnable again = () -> {
            command.run();
            scheduleWithFixedDelay(command, delay, delay, unit);
        };
        return schedule(again, initialDelay, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    private final class Task extends FutureTask<Void> implements RunnableScheduledFuture<Void> {
        private final Duration due;

        Task(Runnable command, Duration due) {
            super(command, null);
            this.due = due;
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due.minus(clock.elapsed()));
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
