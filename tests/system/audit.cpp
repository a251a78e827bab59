#include "tests/system/audit.hpp"

#include <stdexcept>

#include "tests/system/process.hpp"

namespace portcullis::test {

nlohmann::json audit(const nlohmann::json& truth, const std::string& folder) {
  const std::string state = folder + "/state";
  write_file(folder + "/truth.json", truth.dump());
  Process auditor{{.arguments = {PORTCULLIS_NODE, PORTCULLIS_AUDITOR, state + "/journal",
                                 folder + "/truth.json", state},
                   .environment = {},
                   .output_file = folder + "/audit.out",
                   .working_folder = {}}};
  const int code = auditor.wait(std::chrono::seconds{60}).value_or(-1);
  const auto verdict = nlohmann::json::parse(auditor.output(), nullptr, false);
  if (verdict.is_discarded()) throw std::runtime_error{"the auditor: " + auditor.output()};
  if ((code == 0) != (verdict.at("problem_count") == 0)) throw std::runtime_error{"audit's code"};
  return verdict;
}

}  // namespace portcullis::test
