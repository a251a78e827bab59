#include "risk/check_table.hpp"

namespace portcullis::risk {

namespace {

std::string scope_names(const CheckRow& row) {
  std::string names;
  for (unsigned i = 0; i < std::to_underlying(RiskScope::kCount); ++i) {
    const auto scope = static_cast<RiskScope>(i);
    if (has_scope(row, scope)) names += (names.empty() ? "" : ", ") + std::string{to_string(scope)};
  }
  return names;
}

}  // namespace

std::string check_table_text() {
  std::string text =
      "| check | scopes | then | keys | meaning | source |\n|---|---|---|---|---|---|\n";
  for (const CheckRow& row : kCheckTable) {
    text += "| `" + std::string{to_string(row.reason)} + "` | " + scope_names(row) + " | " +
            to_string(row.action) + " | " + std::string{row.keys} + " | " +
            std::string{row.meaning} + " | " + std::string{row.source} + " |\n";
  }
  return text;
}

}  // namespace portcullis::risk
