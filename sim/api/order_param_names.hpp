#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace portcullis::sim {

// What an order's terms are called; order lists put the leg's name in front ("workingPrice").
struct OrderParamNames {
  std::string_view client_id;
  std::string_view type;
  std::string_view tif;
  std::string_view px;
  std::string_view stop_px;
  std::string_view trailing;
  std::string_view iceberg;
  std::string_view strategy_id;
  std::string_view strategy_type;
  std::string_view peg_price_type;
  std::string_view peg_offset_type;
  std::string_view peg_offset_value;

  // All but the type, which is mandatory everywhere.
  [[nodiscard]] constexpr std::array<std::string_view, 11> optional() const {
    return {client_id,
            tif,
            px,
            stop_px,
            trailing,
            iceberg,
            strategy_id,
            strategy_type,
            peg_price_type,
            peg_offset_type,
            peg_offset_value};
  }
};

inline constexpr OrderParamNames kPlainNames{.client_id = "newClientOrderId",
                                             .type = "type",
                                             .tif = "timeInForce",
                                             .px = "price",
                                             .stop_px = "stopPrice",
                                             .trailing = "trailingDelta",
                                             .iceberg = "icebergQty",
                                             .strategy_id = "strategyId",
                                             .strategy_type = "strategyType",
                                             .peg_price_type = "pegPriceType",
                                             .peg_offset_type = "pegOffsetType",
                                             .peg_offset_value = "pegOffsetValue"};

// A text that can be a template's argument.
template <std::size_t kSize>
struct FixedText {
  constexpr FixedText(const char (&text)[kSize]) {  // NOLINT: as plain as the literal it is
    for (std::size_t i = 0; i < kSize; ++i) characters[i] = text[i];
  }
  char characters[kSize]{};
};

// Leg<"working">::kName<"Price"> is "workingPrice".
template <FixedText kLeg>
struct Leg {
  template <FixedText kTerm>
  struct Joined {
    static constexpr std::size_t kLegSize = sizeof(kLeg.characters) - 1;
    static constexpr std::size_t kTermSize = sizeof(kTerm.characters) - 1;
    static constexpr auto kText = [] {
      std::array<char, kLegSize + kTermSize> text{};
      for (std::size_t i = 0; i < kLegSize; ++i) text[i] = kLeg.characters[i];
      for (std::size_t i = 0; i < kTermSize; ++i) text[kLegSize + i] = kTerm.characters[i];
      return text;
    }();
  };
  template <FixedText kTerm>
  static constexpr std::string_view kName{Joined<kTerm>::kText.data(), Joined<kTerm>::kText.size()};

  static constexpr OrderParamNames kNames{.client_id = kName<"ClientOrderId">,
                                          .type = kName<"Type">,
                                          .tif = kName<"TimeInForce">,
                                          .px = kName<"Price">,
                                          .stop_px = kName<"StopPrice">,
                                          .trailing = kName<"TrailingDelta">,
                                          .iceberg = kName<"IcebergQty">,
                                          .strategy_id = kName<"StrategyId">,
                                          .strategy_type = kName<"StrategyType">,
                                          .peg_price_type = kName<"PegPriceType">,
                                          .peg_offset_type = kName<"PegOffsetType">,
                                          .peg_offset_value = kName<"PegOffsetValue">};
};

}  // namespace portcullis::sim
