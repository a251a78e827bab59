#pragma once

#include <string>
#include <string_view>

namespace portcullis {

// Where the tests find files. Known to one source file only, so that a second checkout can reuse
// the compiler cache of the first.
[[nodiscard]] std::string source_dir();
// `path` below the recorded data; the folder is absent on a machine that does not have it.
[[nodiscard]] std::string shared_data(std::string_view path);

}  // namespace portcullis
