#include "oms/binance/answer_head.hpp"

#include "oms/binance/failure_class.hpp"

namespace portcullis::oms::binance {

namespace {

constexpr std::int32_t kPartlyFailed = -2021;

// Each half has its own outcome where the venue tells both; one that cannot be made out leaves both
// in doubt.
void judge_halves(bool is_readable_error, DecodedMessage& out) noexcept {
  const bool is_told = out.replace.is_told();
  if (is_told && is_readable_error && out.replace.is_sound()) return;
  out.replace = {};
  if (is_told || out.failure.venue_code == kPartlyFailed) {
    out.failure.failure = FailureClass::kUnknown;
  }
}

}  // namespace

void conclude_answer(const AnswerHead& head, DecodedMessage& out) noexcept {
  const bool is_success = head.status >= 200 && head.status < 300;
  RequestFailure& failure = out.failure;
  failure.http_status = static_cast<std::int32_t>(head.status);
  if (!head.has_id) {
    failure.failure =
        classify_failure(RequestTag::kQuery, failure.http_status, failure.venue_code, head.message);
    if (head.has_error && failure.failure == FailureClass::kAuthentication) {
      out.kind = MessageKind::kKeyRevoked;
    } else if (head.has_error || head.has_result) {
      out.kind = MessageKind::kForeignReply;
    }
    return;
  }
  const RequestTag tag = out.request.tag;
  if (tag != RequestTag::kReplace) out.replace = {};
  const bool is_half_said = tag == RequestTag::kReplace && is_success && !out.replace.is_success();
  if (is_success && !is_half_said && !head.has_error && !head.is_bad && head.is_result_read) {
    out.kind = MessageKind::kResult;
    return;
  }
  const bool is_readable_error = head.has_error && !head.is_bad && !is_success;
  failure.failure = is_readable_error ? classify_failure(tag, failure.http_status,
                                                         failure.venue_code, head.message)
                                      : FailureClass::kUnknown;
  if (tag == RequestTag::kReplace) judge_halves(is_readable_error, out);
  if (!out.replace.is_told()) out.reports.clear();
  out.balances.clear();
  const bool is_mass_cancel = tag == RequestTag::kMassCancel || tag == RequestTag::kSymbolCancel;
  if (is_mass_cancel && failure.failure == FailureClass::kNoSuchOrder) {
    out.kind = MessageKind::kResult;  // nothing was open: all of it is cancelled
    return;
  }
  const auto kind = request_kind(tag);
  out.kind = kind ? MessageKind::kFailure : MessageKind::kSessionFailure;
  failure.kind = kind.value_or(RequestKind::kQuery);
  failure.order_id = out.request.order_id();
  failure.symbol = out.request.symbol();
  failure.venue_order_id = out.request.venue_order_id();
}

}  // namespace portcullis::oms::binance
