package io.apiserverlb.demo;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Three running {@link DemoServer}s of one {@link DemoAuthority}, with a thread {@code lb-demo} of their own.
 *
 * <p>Each has its own certificate and a free port on 127.0.0.1. {@link #close()} ends all of it; it may be called twice.
 */
public final class DemoCluster implements AutoCloseable {
    private static final int SIZE = 3;
    private static final long THREAD_END_SECONDS = 5;

    private final IoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("lb-demo", true), NioIoHandler.newFactory());
    private final DemoAuthority authority;
    private final List<DemoServer> servers;

    public DemoCluster(InstantSource time, SecureRandom random) {
        this.authority = new DemoAuthority(time, random);
        this.servers = IntStream.rangeClosed(1, SIZE)
                .mapToObj(number -> new DemoServer(DemoServer.Settings.of(number, authority), loops))
                .toList();
        servers.forEach(DemoServer::start);
    }

    /** In the order of their numbers, which start at 1. */
    public List<DemoServer> servers() {
        return servers;
    }

    public DemoAuthority authority() {
        return authority;
    }

    /** {@code host:port} of each, as in {@code lb.server-addresses}. */
    public List<String> addresses() {
        return servers.stream().map(DemoServer::address).toList();
    }

    @Override
    public void close() {
        servers.forEach(DemoServer::close);
        loops.shutdownGracefully(0, THREAD_END_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
