#include "sim/admin/names.hpp"

#include <vector>

#include "core/config_problem.hpp"

namespace portcullis::sim {

namespace {

std::string no_such(const char* what, const std::string& name,
                    const std::vector<std::string>& names) {
  constexpr std::size_t kShownMax = 200;
  std::string all;
  for (const std::string& each : names) {
    if (all.size() > kShownMax) {
      all += ", ..";
      break;
    }
    all += (all.empty() ? "" : ", ") + each;
  }
  const std::string near = nearest_word(name, names);
  return std::string{"there is no "} + what + " \"" + name + "\"" +
         (near.empty() ? "" : ", did you mean \"" + near + "\"?") + "; there are: " + all;
}

}  // namespace

std::string no_such_account(const VenueCore& venue, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [each, id] : venue.accounts.all()) names.push_back(each);
  return no_such("account", name, names);
}

std::string no_such_symbol(const VenueCore& venue, const std::string& name) {
  std::vector<std::string> names;
  for (const SymbolSpec& spec : venue.exchange.symbols()) names.push_back(spec.symbol);
  return no_such("symbol", name, names);
}

}  // namespace portcullis::sim
