// The hot side must not touch the heap once connected.
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "core/net/openssl_memory.hpp"
#include "tests/net/malloc_counter.hpp"
#include "tests/net/ws_fixture.hpp"

namespace portcullis::net::test {
namespace {

using WriteStatus = WsConnection::WriteStatus;

constexpr int kMessages = 10'000;

class WsNoAllocTest : public WsTest {
 protected:
  void SetUp() override {
    if (!is_counting_heap_calls()) GTEST_SKIP() << "a sanitizer owns malloc in this build";
  }
  // Runs both on a thread of their own, as fresh as an agent's; the calls to the heap of `hot`.
  // `warm` is a first message, at which OpenSSL makes its error state for the thread.
  template <class Warm, class Hot>
  static std::uint64_t heap_calls_of(Warm&& warm, Hot&& hot) {
    std::uint64_t count = 0;
    std::thread thread{[&] {
      warm();
      const std::uint64_t before = heap_calls_of_this_thread();
      hot();
      count = heap_calls_of_this_thread() - before;
    }};
    thread.join();
    return count;
  }
};
INSTANTIATE_TEST_SUITE_P(Transports, WsNoAllocTest, testing::Bool(), transport_name);

// By the functions' own names: an optimiser may drop a new-expression with its delete.
void take_and_free() {
  void* const volatile memory = ::operator new(1);
  ::operator delete(memory);
}

TEST_P(WsNoAllocTest, TheCounterCounts) {
  EXPECT_GT(heap_calls_of([] {}, take_and_free), 0U);
  EXPECT_EQ(heap_calls_of([] {}, [] {}), 0U);
}

TEST(OpensslMemory, IsOurs) {
  EXPECT_TRUE(is_openssl_memory_ours());
}

void ping_and_echo(ServerPeer& peer) {
  peer.accept_upgrade();
  for (int i = 0;; ++i) {
    const auto message = peer.read_message();
    if (!message) return;
    if (i % 100 == 0) peer.send_raw(server_frame(0x89, "ping payload"));
    if (i % 50 == 0) {
      peer.send_raw(server_frame(0x01, *message) + server_frame(0x80, "end"));
    } else {
      peer.send_text(*message);
    }
  }
}

TEST_P(WsNoAllocTest, ReadingAndWritingOnAnotherThreadThanTheConnect) {
  WsConnection& connection = connect(ping_and_echo);
  const std::string order(300, 'o');
  int answers = 0;
  const auto exchange = [&](int count) {
    for (int i = 0; i < count; ++i) {
      if (connection.try_write(order) != WriteStatus::kSent) return;
      if (read_until(connection, mono_time(i)).status == WsStatus::kMessage) ++answers;
      if (i % 1000 == 999) static_cast<void>(connection.try_ping());
    }
  };
  const std::uint64_t heap_calls =
      heap_calls_of([&] { exchange(1); }, [&] { exchange(kMessages); });
  EXPECT_EQ(answers, kMessages + 1) << connection.close_reason();
  EXPECT_EQ(heap_calls, 0U);
  EXPECT_GE(connection.control_frames_sent(), 100U);
}

// A close found by Beast frees its masking buffer: one call, for which the guard is lifted.
TEST_P(WsNoAllocTest, ClosingDoesNotAllocateEither) {
  for (const std::string& end :
       {server_frame(0x88, "\x03\xe8 bye"), std::string{"\x83\x00", 2}, std::string{}}) {
    connection_.reset();
    WsConnection& connection = connect([end](ServerPeer& peer) {
      peer.accept_upgrade();
      peer.send_raw(server_frame(0x81, "x") + end);
      if (end.empty()) peer.reset();
    });
    const auto warm = [&] { static_cast<void>(read_until(connection)); };
    const std::uint64_t heap_calls = heap_calls_of(warm, [&] {
      while (read_until(connection).status != WsStatus::kClosed) continue;
      static_cast<void>(connection.try_write("too late"));
    });
    EXPECT_LE(heap_calls, end.empty() ? 0U : 1U) << connection.close_reason();
    EXPECT_FALSE(connection.is_open());
  }
}

TEST_P(WsNoAllocTest, AFullKernelDoesNotAllocate) {
  WsConnection& connection = connect([](ServerPeer& peer) {
    peer.accept_upgrade();
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  });
  WriteStatus status = WriteStatus::kSent;
  const std::string order(5000, 'o');
  const auto warm = [&] { static_cast<void>(connection.try_write(order)); };
  const std::uint64_t heap_calls = heap_calls_of(warm, [&] {
    for (int i = 0; i < 50'000 && status == WriteStatus::kSent; ++i) {
      status = connection.try_write(order);
    }
  });
  EXPECT_NE(status, WriteStatus::kSent);
  EXPECT_EQ(heap_calls, 0U);
}

}  // namespace
}  // namespace portcullis::net::test
