#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>

namespace portcullis {

// A page of memory in a file (state_dir/kill.page) that the trading thread reads at each turn, one
// relaxed load: the way to stop a gateway whose other threads are stuck. Whoever may write the file
// may kill; nothing but a kill of everything can be asked for, and nobody but the control thread of
// a gateway that has latched it takes it back. A request stays in the file over a restart.
//
// The trading thread only reads: a write to a mapped file may wait for a disk.
class KillPage {
 public:
  // Makes the file where it is missing or short. The mapping is in memory at once. An error says
  // where and what to do.
  [[nodiscard]] static std::expected<KillPage, std::string> open(const std::string& directory);

  KillPage(KillPage&& other) noexcept;
  KillPage& operator=(KillPage&& other) noexcept;
  KillPage(const KillPage&) = delete;
  KillPage& operator=(const KillPage&) = delete;
  ~KillPage();

  // Any thread of any process.
  [[nodiscard]] bool is_kill_asked() const noexcept;
  void ask_kill() noexcept;
  // Control thread, once the kill is latched.
  void take_back() noexcept;

 private:
  explicit KillPage(void* page) noexcept : page_{page} {}

  void* page_;
};

}  // namespace portcullis
