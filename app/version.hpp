#pragma once

#include <string>

namespace portcullis::app {

// "portcullis 0.1.0 (g++ 12.2.0), needs a CPU with avx2 ..."
[[nodiscard]] std::string version_text();

}  // namespace portcullis::app
