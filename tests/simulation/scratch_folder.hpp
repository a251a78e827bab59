#pragma once

#include <filesystem>
#include <string>

#include <unistd.h>

namespace portcullis::simulation {

// A folder for order ids and kill latch, in memory where the machine has such a place: they are
// synced at each start of a gateway.
class ScratchFolder {
 public:
  ScratchFolder()
      : path_{(std::filesystem::exists("/dev/shm") ? std::filesystem::path{"/dev/shm"}
                                                   : std::filesystem::temp_directory_path()) /
              ("portcullis-simulation-" + std::to_string(::getpid()))} {}
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace portcullis::simulation
