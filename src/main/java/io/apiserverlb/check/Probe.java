package io.apiserverlb.check;

/** How one server is asked whether it works. Belongs to the event loop, which it never holds up. */
interface Probe {
    /** Begins a check, whose end it tells to the attempt; the former one is over. */
    void begin(Attempt attempt);

    /** Closes what is kept between checks. */
    void close();
}
