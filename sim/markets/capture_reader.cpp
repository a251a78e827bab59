#include "sim/markets/capture_reader.hpp"

#include <array>
#include <charconv>
#include <utility>

#include <zlib.h>

namespace portcullis::sim {

std::expected<CaptureReader, std::string> CaptureReader::open(std::vector<std::string> files) {
  if (files.empty()) {
    return std::unexpected{std::string{"no capture to replay: name at least one file"}};
  }
  for (const std::string& name : files) {
    gzFile file = gzopen(name.c_str(), "rb");
    if (file == nullptr) {
      return std::unexpected{"cannot open the capture " + name + ": check the path and its rights"};
    }
    gzclose(file);
  }
  return CaptureReader{std::move(files)};
}

CaptureReader::CaptureReader(CaptureReader&& other) noexcept
    : files_{std::move(other.files_)},
      next_file_{other.next_file_},
      file_{std::exchange(other.file_, nullptr)},
      line_{std::move(other.line_)},
      malformed_{other.malformed_} {
}

CaptureReader::~CaptureReader() {
  if (file_ != nullptr) gzclose(file_);
}

std::optional<CaptureReader::Line> CaptureReader::next() {
  while (read_line()) {
    Line line;
    const char* end = line_.data() + line_.size();
    const auto [after, error] = std::from_chars(line_.data(), end, line.received_ns);
    if (error == std::errc{} && after != end && *after == ' ') {
      line.json = {after + 1, end};
      return line;
    }
    ++malformed_;
  }
  return std::nullopt;
}

bool CaptureReader::read_line() {
  line_.clear();
  std::array<char, 16'384> part{};
  while (file_ != nullptr || next_file()) {
    if (gzgets(file_, part.data(), static_cast<int>(part.size())) != nullptr) {
      line_ += part.data();
      if (!line_.ends_with('\n')) continue;
      line_.pop_back();
      return true;
    }
    gzclose(std::exchange(file_, nullptr));
    if (!line_.empty()) return true;  // a last line without its end
  }
  return false;
}

bool CaptureReader::next_file() {
  if (next_file_ == files_.size()) return false;
  file_ = gzopen(files_[next_file_++].c_str(), "rb");
  return file_ != nullptr;
}

}  // namespace portcullis::sim
