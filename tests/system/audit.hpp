#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace portcullis::test {

// What tests/node/audit says of a gateway's journal and the venue's record of its account: orders,
// fills, problem_count, problems. A program of its own that shares no line with the gateway.
// `folder` holds the gateway's `state`; the auditor's files go there too.
[[nodiscard]] nlohmann::json audit(const nlohmann::json& truth, const std::string& folder);

}  // namespace portcullis::test
