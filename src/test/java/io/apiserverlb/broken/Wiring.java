package io.apiserverlb.broken;

/** Stands for the base package, which no room may know. */
public final class Wiring {}
