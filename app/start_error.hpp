#pragma once

#include <string>

#include "app/exit_code.hpp"

namespace portcullis::app {

// Why the gateway did not start, as a person should read it, and the program's exit code.
struct StartError {
  ExitCode code{ExitCode::kOsError};
  std::string text;
};

}  // namespace portcullis::app
