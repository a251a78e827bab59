#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <system_error>

namespace portcullis::test {

// A directory of the test's own; gone with everything in it at the end.
class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "portcullis-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data()) != nullptr ? pattern : std::string{};
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const {
    return path_ + "/" + std::string{name};
  }
  // Writes a file there; returns its path.
  std::string write(std::string_view name, std::string_view content, unsigned mode = 0644) const {
    const std::string target = file(name);
    std::error_code ignored;
    std::filesystem::remove(target, ignored);  // ext4 flushes a file that is cut and rewritten
    std::ofstream{target, std::ios::binary} << content;
    ::chmod(target.c_str(), mode);
    return target;
  }

 private:
  std::string path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace portcullis::test
