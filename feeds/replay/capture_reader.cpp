#include "feeds/replay/capture_reader.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include <zlib.h>

#include "core/errno_text.hpp"

namespace portcullis::feeds::replay {

namespace {

struct GzClose {
  void operator()(gzFile file) const noexcept { gzclose(file); }
};

}  // namespace

struct CaptureReader::Impl {
  [[nodiscard]] std::string place() const { return path + ":" + std::to_string(line_count); }
  // The next line without its end; false at the end of the file.
  std::expected<bool, std::string> read_line();

  std::unique_ptr<gzFile_s, GzClose> file;
  std::string path;
  std::string line;
  std::uint64_t line_count{0};
};

CaptureReader::CaptureReader(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {
}
CaptureReader::CaptureReader(CaptureReader&& other) noexcept = default;
CaptureReader& CaptureReader::operator=(CaptureReader&& other) noexcept = default;
CaptureReader::~CaptureReader() = default;

std::expected<CaptureReader, std::string> CaptureReader::open(const std::string& path) {
  constexpr unsigned kBufferBytes = 1u << 18;
  std::unique_ptr<gzFile_s, GzClose> file{gzopen(path.c_str(), "rb")};
  if (file == nullptr) {
    return std::unexpected{"capture " + path + ": " + errno_text(errno) + "; check the path"};
  }
  gzbuffer(file.get(), kBufferBytes);
  auto impl = std::make_unique<Impl>();
  impl->file = std::move(file);
  impl->path = path;
  return CaptureReader{std::move(impl)};
}

std::expected<bool, std::string> CaptureReader::Impl::read_line() {
  line.clear();
  std::array<char, 1u << 16> chunk{};
  while (gzgets(file.get(), chunk.data(), static_cast<int>(chunk.size())) != nullptr) {
    line += chunk.data();
    if (line.ends_with('\n')) {
      line.pop_back();
      return true;
    }
  }
  int code = Z_OK;
  const char* const message = gzerror(file.get(), &code);
  if (code != Z_OK && code != Z_STREAM_END) {
    return std::unexpected{"capture " + place() + ": " + message + "; the file is damaged"};
  }
  return !line.empty();
}

std::expected<bool, std::string> CaptureReader::next(CaptureLine& out) {
  ++impl_->line_count;
  const auto has_line = impl_->read_line();
  if (!has_line || !*has_line) return has_line;
  const std::string& line = impl_->line;
  std::int64_t received_ns = 0;
  const char* const end = line.data() + line.size();
  const auto [after, error] = std::from_chars(line.data(), end, received_ns);
  if (error != std::errc{} || after == end || *after != ' ' || after + 1 == end) {
    return std::unexpected{"capture " + impl_->place() +
                           ": not \"<time, ns> <frame>\"; record it again"};
  }
  out = {.received = wall_time(received_ns), .payload = {after + 1, end}};
  return true;
}

}  // namespace portcullis::feeds::replay
