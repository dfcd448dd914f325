package io.apiserverlb.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlocksTest {
    private final Blocks blocks = new Blocks(100_000);

    @AfterEach
    void close() {
        blocks.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 512", "512, 512", "513, 1024", "4096, 4096", "65535, 65536", "65536, 65536", "65537, 131072"})
    void haveRoomForWhatIsAskedAndForLittleMore(int length, int size) {
        ByteBuf block = blocks.take(length);

        assertThat(block.capacity()).isEqualTo(size);
        assertThat(block.maxWritableBytes()).isEqualTo(size);
        assertThat(blocks.inUse()).isEqualTo(size);
        blocks.giveBack(block);
        assertThat(blocks.inUse()).isZero();
    }

    @Test
    void areEmptyWhenTheyAreUsedAgain() {
        ByteBuf first = blocks.take(600);
        first.writeLong(7).readByte();
        blocks.giveBack(first);

        ByteBuf second = blocks.take(1_000);

        assertThat(second).isSameAs(first);
        assertThat(second.isReadable()).isFalse();
        assertThat(second.writableBytes()).isEqualTo(1_024);
        blocks.giveBack(second);
    }

    @Test
    void areKeptForNobodyIfTheyAreMany() {
        List<ByteBuf> many =
                Stream.generate(() -> blocks.take(65_536)).limit(10).toList();
        assertThat(blocks.inUse()).isEqualTo(655_360);
        assertThat(blocks.areTooMany()).isTrue();

        many.forEach(blocks::giveBack);

        assertThat(many).filteredOn(block -> block.refCnt() > 0).hasSize(2);
    }

    @Test
    void areKeptInLargerNumbersIfTheyAreSmall() {
        List<ByteBuf> many =
                Stream.generate(() -> blocks.take(1_000)).limit(100).toList();

        many.forEach(blocks::giveBack);

        assertThat(many).filteredOn(block -> block.refCnt() > 0).hasSize(64);
    }

    @Test
    void areManyAndThenTooMany() {
        List<ByteBuf> taken = new ArrayList<>();
        assertThat(blocks.areMany()).isFalse();

        taken.add(blocks.take(65_536));
        assertThat(blocks.areMany()).isFalse();
        taken.add(blocks.take(65_536));
        assertThat(blocks.areMany()).isTrue();
        assertThat(blocks.areTooMany()).isFalse();
        taken.add(blocks.take(131_072));
        assertThat(blocks.areTooMany()).isTrue();

        taken.forEach(blocks::giveBack);
        assertThat(blocks.areMany()).isFalse();
    }

    @Test
    void areNotKeptIfTheyAreLargerThanARead() {
        ByteBuf large = blocks.take(100_000);

        blocks.giveBack(large);

        assertThat(large.refCnt()).isZero();
    }

    @Test
    void areGivenUpInTheEnd() {
        ByteBuf block = blocks.take(1);
        blocks.giveBack(block);

        blocks.close();

        assertThat(block.refCnt()).isZero();
    }
}
