#include "app/load_settings.hpp"

#include <algorithm>
#include <cstdio>

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
  if (is_effective_shown) {
    for (const ConfigEntry& entry : document.effective()) {
      std::printf("%s = %s  (%s)\n", entry.key.c_str(), entry.value.c_str(),
                  to_string(entry.origin));
    }
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
