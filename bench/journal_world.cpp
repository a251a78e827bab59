#include "bench/journal_world.hpp"

#include <cstdlib>
#include <filesystem>

#include "core/check.hpp"
#include "core/journal/journal_reader.hpp"

namespace portcullis::bench {

Folder::Folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "portcullis-bench-XXXXXX";
  PORTCULLIS_CHECK(::mkdtemp(pattern.data()) != nullptr, "no temporary folder");
  path_ = pattern;
}

Folder::~Folder() {
  std::filesystem::remove_all(path_);
}

LiveJournal::LiveJournal(const std::string& folder, std::size_t segment_bytes,
                         const MonoClock& clock) {
  auto store = journal::FileSegments::open_to_write(folder);
  PORTCULLIS_CHECK(store.has_value(), "the journal's folder cannot be used");
  store_ = std::move(*store);
  auto reader = journal::JournalReader::open(*store_);
  auto made = journal::Journal::resume(*store_, *reader, {.segment_bytes = segment_bytes},
                                       {.mono = clock.now(), .wall = kWall});
  PORTCULLIS_CHECK(made.has_value(), "the journal cannot be begun");
  journal_ = std::move(*made);
  keeper_ = std::jthread{[this, &clock](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      (void)journal_->turn(clock.now());
      std::this_thread::sleep_for(kSyncInterval);
    }
  }};
}

LiveJournal::~LiveJournal() {
  keeper_.request_stop();
  keeper_.join();
  journal_->close({.mono = {}, .wall = kWall});
}

}  // namespace portcullis::bench
