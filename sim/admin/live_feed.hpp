#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "sim/admin/admin_call.hpp"
#include "sim/net/text_sink.hpp"

namespace portcullis::sim {

// What the page shows, four times a second, about one symbol and the venue as a whole. The page
// says which symbol: {"symbol":"ETHUSDT"}. A page that reads too slowly gets the latest, not the
// list. One thread.
class LiveFeed final : public WsService {
 public:
  LiveFeed(AdminParts& parts, TextSink& sink);

  void on_text(std::string_view text) override;

 private:
  void tell();
  void tell_later();

  AdminParts& parts_;
  TextSink& sink_;
  std::size_t symbol_{0};
  std::shared_ptr<bool> life_{std::make_shared<bool>(true)};  // for the timer
};

// {"time","symbols":[..],"symbol":{"name","book","trades"},"orders","events","accounts",
//  "connections","faults",..}, each list bounded.
[[nodiscard]] std::string live_json(const AdminParts& parts, std::size_t symbol);

}  // namespace portcullis::sim
