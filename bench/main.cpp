#include <cstdio>
#include <cstring>
#include <string>

#include "bench/bench_list.hpp"

int main(int argc, char** argv) {
  bool is_json = false;
  std::string filter;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) {
      is_json = true;
    } else if (argv[i][0] != '-' && filter.empty()) {
      filter = argv[i];
    } else {
      std::fprintf(stderr, "usage: portcullis_bench [--json] [FILTER]\n");
      return 64;
    }
  }
  using namespace portcullis::bench;  // tidy-ok: the list below is all there is
  Reporter reporter{is_json, filter};
  bench_clock(reporter);
  bench_ring(reporter);
  bench_feed(reporter);
  bench_risk(reporter);
  bench_encode(reporter);
  bench_journal(reporter);
  bench_matching(reporter);
  bench_exchange(reporter);
  bench_streams(reporter);
  bench_stream_line(reporter);
  bench_sim_order(reporter);
  bench_order_line(reporter);
  bench_tick_to_trade(reporter);
  if (reporter.reported() == 0) {
    std::fprintf(stderr, "no figure's name contains '%s'\n", filter.c_str());
    return 64;
  }
  return 0;
}
