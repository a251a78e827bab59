#include "sim/mirror/venue_url.hpp"

#include <algorithm>

namespace portcullis::sim {

// By hand: Boost's URL library is one more thing to install for three lines of splitting.
std::expected<VenueUrl, std::string> VenueUrl::parse(std::string_view text,
                                                     std::string_view scheme) {
  const std::string said{text};
  const auto bad = [&] {
    return std::unexpected{"\"" + said + "\" is not " + std::string{scheme} + "[s]://HOST[:PORT]"};
  };
  VenueUrl url;
  if (!text.starts_with(scheme)) return bad();
  text.remove_prefix(scheme.size());
  if (text.starts_with("s")) {
    url.is_tls = true;
    text.remove_prefix(1);
  }
  if (!text.starts_with("://")) return bad();
  text.remove_prefix(3);
  const std::size_t slash = std::min(text.find('/'), text.size());
  url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  const std::string_view place = text.substr(0, slash);
  const std::size_t colon = place.rfind(':');
  url.host = place.substr(0, colon);
  if (colon == std::string_view::npos) {
    url.port = url.is_tls ? "443" : "80";
  } else {
    url.port = place.substr(colon + 1);
  }
  const bool is_number =
      !url.port.empty() && url.port.size() <= 5 &&
      std::ranges::all_of(url.port, [](char digit) { return digit >= '0' && digit <= '9'; });
  const bool is_host = !url.host.empty() && url.host.find_first_of(" @?#[]:") == std::string::npos;
  if (!is_number || !is_host) return bad();
  return url;
}

}  // namespace portcullis::sim
