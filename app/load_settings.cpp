#include "app/load_settings.hpp"

#include <algorithm>
#include <cstdio>

#include "core/audit/audit_record.hpp"
#include "core/config_reader.hpp"

namespace portcullis::app {

std::optional<Settings> load_settings(const std::string& path, bool is_effective_shown) {
  ConfigDocument document = ConfigDocument::load(path, ConfigDocument::process_environment());
  // A file that is not there or is no TOML lacks every key: one problem says it all.
  const bool is_readable = std::ranges::none_of(
      document.problems(), [](const ConfigProblem& problem) { return problem.key.empty(); });
  Settings settings;
  if (is_readable) settings = read_settings(document);
  settings.file = path;
  std::string effective;
  for (const ConfigEntry& entry : document.effective()) {
    effective += entry.key + " = " + entry.value + "  (" + to_string(entry.origin) + ")\n";
  }
  settings.digest = audit::sha256_hex(effective);
  if (is_effective_shown) {
    std::printf("%ssha256 of the lines above: %s\n", effective.c_str(), settings.digest.c_str());
  }
  if (document.problems().empty()) return settings;
  for (const ConfigProblem& problem : document.problems()) {
    std::fprintf(stderr, "%s\n", problem.str().c_str());
  }
  const std::size_t count = document.problems().size();
  std::fprintf(stderr, "portcullis: %zu %s in %s\n", count, count == 1 ? "problem" : "problems",
               path.c_str());
  return std::nullopt;
}

}  // namespace portcullis::app
