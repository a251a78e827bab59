#pragma once

#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace portcullis::sim {

// Where every record goes as it happens, one JSON object a line: the whole history of a run that is
// too long for memory. Buffered; flush() is for a timer, and the destructor flushes. One thread.
class TruthFile {
 public:
  // Replaces what was there; readable by the owner only. The error names the file and the cause.
  static std::expected<std::unique_ptr<TruthFile>, std::string> open(const std::string& path);
  ~TruthFile();
  TruthFile(const TruthFile&) = delete;
  TruthFile& operator=(const TruthFile&) = delete;

  void write(std::string_view line);
  void flush();

 private:
  explicit TruthFile(int fd) noexcept : fd_{fd} {}
  int fd_;
  std::string buffer_;
  bool has_failed_{false};
};

}  // namespace portcullis::sim
