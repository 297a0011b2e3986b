#include "analysis/verdict_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/sample_size.h"

namespace opline::analysis {
namespace {

/// What the advice looks at; each function adds its sentences, if its figure asks for them.
class Advice {
 public:
  Advice(const Verdict& verdict, const ProxyValidation& validation,
         const std::optional<SlopeDifference>& slopes, const Thresholds& thresholds)
      : verdict_(verdict), validation_(validation), slopes_(slopes), thresholds_(thresholds) {}

  std::vector<std::string> all() {
    networks();
    order();
    margin();
    slope();
    curved();
    spread();
    range();
    more_networks();
    return std::move(sentences_);
  }

 private:
  template <typename... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) {
    sentences_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  [[nodiscard]] const Criterion& criterion(const char* name) const {
    return *std::find_if(verdict_.criteria.begin(), verdict_.criteria.end(),
                         [&](const Criterion& one) { return one.name == name; });
  }
  [[nodiscard]] bool leans_bad(const char* name) const {
    return !criterion(name).leans_good().value_or(true);
  }

  /// What is known is told apart from what only the estimate says.
  [[nodiscard]] const char* verb(const char* name, const char* known, const char* likely) const {
    return criterion(name).standing == Standing::missed ? known : likely;
  }

  void networks() {
    if (!leans_bad("networks")) return;
    say("{} networks are too few to judge by: measure at least {}", validation_.n, thresholds_.networks);
  }

  void order() {
    const Criterion& tau = criterion("Kendall's tau-b");
    if (tau.leans_good().value_or(false)) return;
    if (!tau.value) return say("every network took the same time: measure networks that differ");
    say("the order of networks is off (tau-b {:.3g}), which no margin mends: use ops by layer type or the "
        "per-layer model instead",
        *tau.value);
  }

  void margin() {
    for (const BudgetValidation& one : validation_.budgets) {
      if (one.safe) continue;
      say("at the budget that {:.3g} % of the networks keep no margin brings false feasible below {:.3g} %: "
          "use "
          "the per-layer model for budgets as tight",
          100 * one.quantile, thresholds_.false_feasible_percent);
    }
    if (!verdict_.margin) return;
    if (leans_bad("margin")) {
      say("a margin of {:.3g} % is more than the {:.3g} % a search can use: use ops by layer type or the "
          "per-layer model instead",
          100 * *verdict_.margin, thresholds_.margin_percent);
      return;
    }
    if (verdict_.ruling != Ruling::not_valid) use_margin();
  }

  void use_margin() {
    const BudgetValidation& tightest =
        *std::max_element(validation_.budgets.begin(), validation_.budgets.end(),
                          [](const auto& a, const auto& b) { return a.safe->margin < b.safe->margin; });
    if (*verdict_.margin == 0) {
      say("no margin is needed: false feasible stayed below {:.3g} % at every budget looked at",
          thresholds_.false_feasible_percent);
    } else {
      say("to keep a budget, accept networks predicted at up to budget / {:.4g} (margin {:.3g} %, needed at "
          "the "
          "budget that {:.3g} % of the networks keep; it refuses {:.3g} % of those fast enough)",
          1 + *verdict_.margin, 100 * *verdict_.margin, 100 * tightest.quantile,
          100 * tightest.safe->quality.false_infeasible.value().value_or(0));
    }
    vouch();
  }

  /// What the counts behind the margin are worth, at the budget with the fewest accepted networks.
  void vouch() {
    if (validation_.whole_enumeration) return;
    const BudgetValidation& weakest = *std::min_element(
        validation_.budgets.begin(), validation_.budgets.end(), [](const auto& a, const auto& b) {
          return a.safe->quality.false_feasible.of < b.safe->quality.false_feasible.of;
        });
    const Rate& rate = weakest.safe->quality.false_feasible;
    const auto interval = rate.interval(validation_.confidence);
    if (!interval || interval->high <= thresholds_.false_feasible()) return;
    const double vouching =
        std::ceil(std::log((1 - validation_.confidence) / 2) / std::log1p(-thresholds_.false_feasible()));
    say("the margin rests on {} of {} accepted networks too slow at the budget that {:.3g} % keep, so up to "
        "{:.2g} % "
        "may be: it takes about {:.0f} accepted ones, none too slow, to vouch for {:.3g} %",
        rate.cases, rate.of, 100 * weakest.quantile, 100 * interval->high, vouching,
        thresholds_.false_feasible_percent);
  }

  void slope() {
    if (!slopes_ || !leans_bad("slope difference")) return;
    say("the slope of {} {} {:.3g} % {} than that of {}: give each its own proxy", slopes_->other,
        verb("slope difference", "is", "seems"), std::abs(100 * *slopes_->share),
        *slopes_->share > 0 ? "steeper" : "flatter", slopes_->reference);
  }

  void curved() {
    const Criterion& curvature = criterion("curvature");
    if (!curvature.value && curvature.standing == Standing::missed)
      return say(
          "the line is not above 0 for networks of {:.3g} ops, which took some: latency is curved in ops; "
          "restrict "
          "the range of ops or fit a line a range",
          validation_.fit.x_min);
    if (!leans_bad("curvature")) return;
    const Curvature& bend = *validation_.curvature;
    say("latency {} curved in ops: at {:.3g} ops the line {} by {:.3g} %; restrict the range of ops or fit a "
        "line a "
        "range, and don't extrapolate",
        verb("curvature", "is", "seems"), bend.largest_at,
        bend.largest.value > 0 ? "underestimates" : "overestimates", std::abs(100 * bend.largest.value));
  }

  void spread() {
    const bool precise = criterion("cross-validated MAPE").standing == Standing::met;
    if (!precise && validation_.breusch_pagan && validation_.breusch_pagan->p < 0.001) {
      say("the spread of latency changes with ops (Breusch-Pagan p = {:.1e}): fit with weights 1/y^2, which "
          "minimises relative errors, and use HC3 errors",
          validation_.breusch_pagan->p);
    }
    if (precise && leans_bad("R^2")) {
      say("R^2 is low ({:.3g}) though errors are small ({:.3g} %): ops vary little in this sample, draw over "
          "a wider "
          "range",
          *criterion("R^2").value, *criterion("cross-validated MAPE").value);
    }
  }

  void range() {
    const auto& large = validation_.extrapolations.to_large;
    if (verdict_.ruling == Ruling::not_valid || !large) return;
    if (large->errors.mape_percent <= thresholds_.mape_percent) return;
    say("fitted to the smaller half of the networks the line misses the larger half by {:.3g} %: the proxy "
        "holds "
        "from {:.3g} to {:.3g} ops only",
        large->errors.mape_percent, validation_.fit.x_min, validation_.fit.x_max);
  }

  void more_networks() {
    if (leans_bad("networks")) return;
    for (const Criterion& one : verdict_.criteria) {
      if (one.standing != Standing::undecided || !one.value || !one.interval) continue;
      decide(one);
    }
  }

  void decide(const Criterion& one) {
    if (!one.interval->contains(*one.value)) {  // a bootstrap interval of few networks can leave it out
      say("{} is undecided: measure more networks", one.name);
      return;
    }
    const auto needed = rows_to_decide(validation_.n, *one.value, *one.interval, one.threshold);
    if (!needed || *needed > 1'000'000) {
      say("{} is at its threshold: more networks will hardly decide it", one.name);
    } else {
      say("{} is undecided: about {} networks would decide it, if it stays at {:.3g}", one.name, *needed,
          *one.value);
    }
  }

  const Verdict& verdict_;
  const ProxyValidation& validation_;
  const std::optional<SlopeDifference>& slopes_;
  const Thresholds& thresholds_;
  std::vector<std::string> sentences_;
};

}  // namespace

std::string sentence(const Criterion& criterion) {
  const std::string unit = criterion.unit.empty() ? "" : " " + criterion.unit;
  std::string text = criterion.name;
  if (!criterion.value) {
    text += " can't be told";
  } else {
    text += fmt::format(" is {:.4g}{}", *criterion.value, unit);
  }
  if (criterion.interval)
    text += fmt::format(" [{:.4g}, {:.4g}]", criterion.interval->low, criterion.interval->high);
  return fmt::format("{}; {} {:.4g}{} is asked: {}", text,
                     criterion.direction == Direction::at_least ? "at least" : "at most", criterion.threshold,
                     unit, name_of(criterion.standing));
}

std::vector<std::string> advice_for(const Verdict& verdict, const ProxyValidation& validation,
                                    const std::optional<SlopeDifference>& slopes,
                                    const Thresholds& thresholds) {
  return Advice(verdict, validation, slopes, thresholds).all();
}

}  // namespace opline::analysis
