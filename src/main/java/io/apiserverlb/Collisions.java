package io.apiserverlb;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Tells which sockets cannot be listened on beside one another; pure. */
final class Collisions {
    private Collisions() {}

    static boolean between(InetSocketAddress one, InetSocketAddress other) {
        InetAddress ip = one.getAddress();
        InetAddress otherIp = other.getAddress();
        return one.getPort() == other.getPort()
                && one.getPort() != 0
                && (ip.equals(otherIp) || isPartOf(ip, otherIp) || isPartOf(otherIp, ip));
    }

    /** A socket on all addresses of IPv6 takes connections to those of IPv4 as well. */
    static boolean isPartOf(InetAddress ip, InetAddress all) {
        return all.isAnyLocalAddress() && (all instanceof Inet6Address || ip instanceof Inet4Address);
    }
}
