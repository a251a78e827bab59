#pragma once

#include "core/decimal.hpp"

namespace portcullis::oms::test {

inline Qty qty(const char* text) {
  return *Qty::parse(text);
}
inline Price px(const char* text) {
  return *Price::parse(text);
}

}  // namespace portcullis::oms::test
