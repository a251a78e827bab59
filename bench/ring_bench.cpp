#include <atomic>
#include <concurrentqueue/concurrentqueue.h>
#include <thread>

#include "bench/bench_list.hpp"
#include "core/messages.hpp"
#include "core/spsc_ring.hpp"

namespace portcullis::bench {

namespace {

constexpr int kRounds = 400;
constexpr int kBatch = 2000;

// A message to the other thread and back, one at a time; half of it is a hop.
template <class Push, class Pop>
class PingPong {
 public:
  PingPong(Push push_there, Pop pop_there, Push push_back, Pop pop_back)
      : push_there_{push_there},
        pop_back_{pop_back},
        echo_{[this, pop_there, push_back] {
          MarketEvent event;
          while (!stop_.load(std::memory_order_relaxed)) {
            if (pop_there(event)) {
              while (!push_back(event)) {
              }
            }
          }
        }} {}
  ~PingPong() {
    stop_.store(true);
    echo_.join();
  }
  PingPong(const PingPong&) = delete;
  PingPong& operator=(const PingPong&) = delete;

  void round_trip() {
    while (!push_there_(event_)) {
    }
    while (!pop_back_(event_)) {
    }
  }

 private:
  Push push_there_;
  Pop pop_back_;
  MarketEvent event_;
  std::atomic<bool> stop_{false};
  std::thread echo_;
};

Samples measure_ring(const MonoClock& clock) {
  SpscRing<MarketEvent> there{1024};
  SpscRing<MarketEvent> back{1024};
  using Ring = SpscRing<MarketEvent>;
  struct Push {
    Ring* ring;
    bool operator()(const MarketEvent& event) const { return ring->try_push(event); }
  };
  struct Pop {
    Ring* ring;
    bool operator()(MarketEvent& event) const { return ring->try_pop(event); }
  };
  PingPong<Push, Pop> pair{Push{&there}, Pop{&there}, Push{&back}, Pop{&back}};
  Samples samples;
  for (int round = 0; round < kRounds; ++round) {
    samples.add(time_batch(clock, kBatch, [&] { pair.round_trip(); }) / 2);
  }
  return samples;
}

Samples measure_moodycamel(const MonoClock& clock) {
  using Queue = moodycamel::ConcurrentQueue<MarketEvent>;
  Queue there{1024};
  Queue back{1024};
  struct Push {
    Queue* queue;
    bool operator()(const MarketEvent& event) const { return queue->try_enqueue(event); }
  };
  struct Pop {
    Queue* queue;
    bool operator()(MarketEvent& event) const { return queue->try_dequeue(event); }
  };
  PingPong<Push, Pop> pair{Push{&there}, Pop{&there}, Push{&back}, Pop{&back}};
  Samples samples;
  for (int round = 0; round < kRounds; ++round) {
    samples.add(time_batch(clock, kBatch, [&] { pair.round_trip(); }) / 2);
  }
  return samples;
}

}  // namespace

void bench_ring(Reporter& reporter) {
  if (!reporter.wants("ring_hop")) return;
  Figure figure{
      "ring_hop",
      "half a round trip of a 64-byte message between two spinning threads, mean of 2000, "
      "400 times",
      "moodycamel ConcurrentQueue"};
  figure.ours = measure_ring(reporter.clock());
  figure.reference = measure_moodycamel(reporter.clock());
  reporter.report(figure);
}

}  // namespace portcullis::bench
