#pragma once

#include "bench/figure.hpp"

namespace portcullis::bench {

// One function a file; each reports the figures named, if the reporter wants them.
void bench_clock(Reporter& reporter);        // clock_read, histogram_record
void bench_ring(Reporter& reporter);         // ring_hop
void bench_feed(Reporter& reporter);         // decode_bookticker, decode_depth20, book_apply_level,
                                             // feed_frame_to_published
void bench_risk(Reporter& reporter);         // risk_gate_accept_*
void bench_risk_checks(Reporter& reporter);  // risk_check_*, each check apart
void bench_encode(Reporter& reporter);       // order_encode
void bench_journal(Reporter& reporter);      // journal_append, order_written_and_encoded,
                                             // execution_report_applied, order_life_cycle,
                                             // journal_recovery, snapshot_made,
                                             // journal_recovery_from_snapshot
void bench_matching(Reporter& reporter);     // matching_core_{1k,100k,1m}, the same with _op
void bench_exchange(Reporter& reporter);     // exchange_crowd
void bench_streams(Reporter& reporter);      // sim_book_ticker_publish, sim_trade_record
void bench_stream_line(Reporter& reporter);  // sim_book_ticker_stream
void bench_sim_order(Reporter& reporter);    // sim_order_place, sim_order_place_hmac
void bench_order_line(Reporter& reporter);   // sim_ws_order_place
void bench_tick_to_trade(Reporter& reporter);  // tick_to_trade

}  // namespace portcullis::bench
