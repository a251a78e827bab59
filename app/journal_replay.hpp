#pragma once

#include "app/exit_code.hpp"
#include "core/journal/segment_store.hpp"
#include "core/journal/snapshot.hpp"

namespace portcullis::app {

// `portcullis journal replay`: prints what follows from a journal: open orders, positions and
// results by symbol, by strategy (its number; null: trades of ours whose strategy is not known) and
// by quote asset, and a digest of it all. Amounts are exact texts; a result that lacks the price of
// a fee is null. `from`: the snapshot that stands for a beginning that was pruned, or null. Cold.
[[nodiscard]] ExitCode replay_journal(journal::SegmentStore& store, const journal::Snapshot* from,
                                      bool is_json);

}  // namespace portcullis::app
