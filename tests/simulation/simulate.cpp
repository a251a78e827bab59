// Seeds of the simulation by number, for ./dev sim: prints each failure with its seed, the faults
// that are enough for it, and what the gateway said.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/simulation/scratch_folder.hpp"
#include "tests/simulation/shrink.hpp"
#include "tests/simulation/simulation.hpp"

namespace portcullis::simulation {
namespace {

struct Options {
  std::uint64_t seeds{100};
  std::uint64_t first{1};
  std::uint64_t failures_max{3};
  bool is_verbose{false};
};

void print_usage() {
  std::puts(
      "usage: ./dev sim --seeds N [--seed S] [--keep-going] [--verbose]\n\n"
      "Steps the gateway's own agents and a venue in simulated time: N seeds from S on (default\n"
      "1), each ten seconds of trading with faults, then all faults end and everything must add\n"
      "up. The same seed is the same history. Stops after three failures.\n\n"
      "exit code: 0 every seed holds, 1 a seed failed, 64 wrong usage");
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word{argv[i]};
    const bool has_number = (word == "--seeds" || word == "--seed") && i + 1 < argc;
    if (word == "--keep-going") {
      options.failures_max = 1'000'000;
    } else if (word == "--verbose") {
      options.is_verbose = true;
    } else if (has_number) {
      char* end = nullptr;
      const std::uint64_t number = std::strtoull(argv[++i], &end, 10);
      if (*end != '\0') return false;
      (word == "--seeds" ? options.seeds : options.first) = number;
    } else {
      return false;
    }
  }
  return options.seeds > 0;
}

void print_failure(const Outcome& outcome, const Plan& plan) {
  std::printf("seed %llu FAILED\n", static_cast<unsigned long long>(outcome.seed));
  for (const std::string& violation : outcome.violations) std::printf("  %s\n", violation.c_str());
  const Outcome least = shrink(plan, outcome);
  std::printf("  these faults are enough, of %zu:\n", outcome.faults.size());
  for (const Fault& fault : least.faults) std::printf("    %s\n", describe(fault).c_str());
  for (const std::string& violation : least.violations) {
    std::printf("    -> %s\n", violation.c_str());
  }
  std::puts("  the gateway's last words:");
  const std::size_t lines = std::min<std::size_t>(least.log.size(), 15);
  for (std::size_t i = least.log.size() - lines; i < least.log.size(); ++i) {
    std::printf("    %s\n", least.log[i].c_str());
  }
  std::printf("  again: ./dev sim --seeds 1 --seed %llu --verbose\n",
              static_cast<unsigned long long>(outcome.seed));
  std::fflush(stdout);
}

void print_seed(const Outcome& outcome) {
  std::printf("seed %llu: %zu orders, %zu fills, %zu requests, %zu lives, history %016llx\n",
              static_cast<unsigned long long>(outcome.seed), outcome.orders, outcome.fills,
              outcome.requests, outcome.lives, static_cast<unsigned long long>(outcome.history));
  for (const Fault& fault : outcome.faults) std::printf("  %s\n", describe(fault).c_str());
}

struct Totals {
  std::uint64_t seeds{0};
  std::uint64_t orders{0};
  std::uint64_t lists{0};
  std::uint64_t fills{0};
  std::uint64_t halts{0};
  std::uint64_t safe_modes{0};
  std::uint64_t books{0};
  std::uint64_t lives{0};
  std::uint64_t snapshots{0};
  std::uint64_t pruned{0};
  std::uint64_t failures{0};
  std::array<std::uint64_t, kFaultKinds> fired{};

  void add(const Outcome& outcome) {
    ++seeds;
    orders += outcome.orders;
    for (const auto& [method, taken] : outcome.lists) lists += taken;
    fills += outcome.fills;
    halts += outcome.halts;
    safe_modes += outcome.safe_modes;
    books += outcome.books;
    lives += outcome.lives;
    snapshots += outcome.snapshots;
    pruned += outcome.pruned;
    failures += outcome.violations.empty() ? 0U : 1U;
    for (std::size_t i = 0; i < kFaultKinds; ++i) fired[i] += outcome.fired[i];
  }
  void print(double seconds) const {
    const auto count = [](const char* name, std::uint64_t number) {
      std::printf("%llu %s, ", static_cast<unsigned long long>(number), name);
    };
    count("seeds", seeds);
    count("failed", failures);
    count("orders", orders);
    count("lists", lists);
    count("fills", fills);
    count("accounts halted", halts);
    count("reduce-only", safe_modes);
    count("books", books);
    count("lives", lives);
    count("snapshots", snapshots);
    count("pruned segments", pruned);
    std::printf("%.1f s, %.1f seeds/s\n", seconds, static_cast<double>(seeds) / seconds);
    std::fflush(stdout);
  }
  void print_fired() const {
    std::string text = "faults that fired:";
    for (std::size_t i = 0; i < kFaultKinds; ++i) {
      text +=
          " " + std::string{name_of(static_cast<FaultKind>(i))} + " " + std::to_string(fired[i]);
    }
    std::puts(text.c_str());
  }
};

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

int simulate(const Options& options) {
  constexpr std::uint64_t kSeedsOfALine = 5'000;
  const ScratchFolder folder;
  Totals totals;
  const auto began = std::chrono::steady_clock::now();
  std::printf("seeds %llu to %llu\n", static_cast<unsigned long long>(options.first),
              static_cast<unsigned long long>(options.first + options.seeds - 1));
  std::fflush(stdout);
  for (std::uint64_t i = 0; i < options.seeds && totals.failures < options.failures_max; ++i) {
    const Plan plan{.seed = options.first + i, .state_dir = folder.path()};
    const Outcome outcome = Simulation{plan}.run();
    totals.add(outcome);
    if (options.is_verbose) print_seed(outcome);
    if (!outcome.violations.empty()) print_failure(outcome, plan);
    // Of a long run, how far it is.
    if (totals.seeds % kSeedsOfALine == 0) totals.print(seconds_since(began));
  }
  totals.print(seconds_since(began));
  totals.print_fired();
  return totals.failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace portcullis::simulation

int main(int argc, char** argv) {
  portcullis::simulation::Options options;
  if (!portcullis::simulation::parse(argc, argv, options)) {
    portcullis::simulation::print_usage();
    return 64;
  }
  return portcullis::simulation::simulate(options);
}
