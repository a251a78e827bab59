#pragma once

namespace portcullis::app {

// sysexits.h numbers, as services expect them (README, "Using it").
enum class ExitCode : int {
  kOk = 0,
  kUsage = 64,
  kDataError = 65,
  kUnavailable = 69,
  kOsError = 71,
  kIoError = 74,
  kInUse = 75,
  kConfig = 78,
};

}  // namespace portcullis::app
