#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace portcullis {

// Small files that must survive a crash whole. Cold threads only; errors say what failed, where and
// what to do.

// Replaces `path` as one step: a temporary beside it, fsync, rename, fsync of the directory. When
// it returns a value the content is on the disk; when it does not, the old content may still stand.
[[nodiscard]] std::expected<void, std::string> replace_file_durably(const std::string& path,
                                                                    std::string_view content);

// Removes `path` and makes the removal durable; a missing file is no error.
[[nodiscard]] std::expected<void, std::string> remove_file_durably(const std::string& path);

// Makes the names in the directory of `path` durable: what was made, renamed or removed there.
[[nodiscard]] std::expected<void, std::string> sync_directory_of(const std::string& path);

enum class ReadFailure { kMissing, kUnreadable, kTooLarge };

// The whole file, at most `bytes_max`.
[[nodiscard]] std::expected<std::string, ReadFailure> read_small_file(const std::string& path,
                                                                      std::size_t bytes_max);

// The CRC-32 of zlib and PNG, as eight lower-case hex digits.
[[nodiscard]] std::string crc32_hex(std::string_view content);

}  // namespace portcullis
