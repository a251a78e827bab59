#include "tests/support/paths.hpp"

namespace portcullis {

std::string source_dir() {
  return PORTCULLIS_SOURCE_DIR;
}

std::string shared_data(std::string_view path) {
  return source_dir() + "/../shared/data/" + std::string{path};
}

}  // namespace portcullis
