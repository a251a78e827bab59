#pragma once

#include <concepts>
#include <optional>

#include "core/ids.hpp"

namespace portcullis::oms {

// Where order ids come from: each once, durable before use (core/id_block.hpp). Nothing when none
// is reserved at the moment. In one run each is the one before it and one: the orders of a list
// have ids in a row.
template <class I>
concept IdSource = requires(I ids) {
  { ids.next() } noexcept -> std::same_as<std::optional<OrderId>>;
};

}  // namespace portcullis::oms
