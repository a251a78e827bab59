#pragma once

#include "app/exit_code.hpp"
#include "core/journal/segment_store.hpp"

namespace portcullis::app {

// `portcullis journal replay`: prints what follows from a journal: open orders, positions and
// results by symbol, by strategy (its number; null: trades of ours whose strategy is not known) and
// by quote asset, and a digest of it all. Amounts are exact texts; a result that lacks the price of
// a fee is null. Cold.
[[nodiscard]] ExitCode replay_journal(journal::SegmentStore& store, bool is_json);

}  // namespace portcullis::app
