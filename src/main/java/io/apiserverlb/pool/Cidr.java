package io.apiserverlb.pool;

import static io.apiserverlb.pool.OneLine.quoted;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A range of IP addresses; an IPv4 address in an IPv6 one counts as IPv4.
 *
 * @param network its first address: bits beyond the prefix are cleared
 * @param prefix how many bits all its addresses have in common
 */
public record Cidr(InetAddress network, int prefix) {
    private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final int MAPPED_BYTES = 12;

    public Cidr {
        byte[] bytes = plain(network);
        if (prefix < 0 || prefix > bytes.length * Byte.SIZE) {
            throw new IllegalArgumentException(
                    "the prefix must be between 0 and " + bytes.length * Byte.SIZE + ", not " + prefix);
        }
        for (int bit = prefix; bit < bytes.length * Byte.SIZE; bit++) {
            bytes[bit / Byte.SIZE] &= (byte) ~mask(bit);
        }
        network = address(bytes);
    }

    /**
     * Reads {@code address/prefix}, or an address, which is a range of its own. Bits beyond the prefix do not matter, as in HAProxy.
     *
     * @throws InvalidAddressException with the reason in words
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        InetAddress address = IpText.parse(host);
        if (address == null) {
            throw new InvalidAddressException(quoted(host) + " is not an IP address");
        }
        int bits = address.getAddress().length * Byte.SIZE;
        if (slash < 0) {
            return new Cidr(address, bits);
        }
        // The prefix is counted in the address as it is written: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
        int before = host.indexOf(':') >= 0 && bits == Integer.SIZE ? MAPPED_BYTES * Byte.SIZE : 0;
        String prefix = text.substring(slash + 1);
        int length = PREFIX.matcher(prefix).matches() ? Integer.parseInt(prefix) : -1;
        if (length < before || length > before + bits) {
            throw new InvalidAddressException(
                    quoted(text) + " does not end in a prefix between " + before + " and " + (before + bits));
        }
        return new Cidr(address, length - before);
    }

    /** Whether an address is in the range; one of the other family never is. */
    public boolean contains(InetAddress address) {
        byte[] first = network.getAddress();
        byte[] other = plain(address);
        if (first.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            if (((first[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask(bit)) != 0) {
                return false;
            }
        }
        return true;
    }

    private static int mask(int bit) {
        return 1 << (Byte.SIZE - 1 - bit % Byte.SIZE);
    }

    /** Its bytes, 4 for an IPv4 address in any dress. */
    private static byte[] plain(InetAddress address) {
        return address(address.getAddress()).getAddress();
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes); // which undresses a mapped one
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "no address has " + bytes.length + " bytes: " + Arrays.toString(bytes), e);
        }
    }

    @Override
    public String toString() {
        return IpText.of(network) + "/" + prefix;
    }
}
