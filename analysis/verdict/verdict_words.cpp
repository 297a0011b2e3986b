#include "analysis/verdict/verdict_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/validation/sample_size.h"

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
    if (leans_bad("networks"))
      return std::move(sentences_);  // of so few nothing else is worth acting on
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
    if (validation_.distinct < validation_.n)
      say("of {} rows only {} are different", validation_.n, validation_.distinct);
    say("{} networks are too few to judge by: measure at least {}", validation_.distinct,
        thresholds_.networks);
  }

  void order() {
    const Criterion& tau = criterion("Kendall's tau-b");
    if (tau.leans_good().value_or(false)) return;
    if (!tau.value) return say("every network took the same time: measure networks that differ");
    const std::optional<double> rate = misorder_rate_of_different(validation_);
    if (rate && *rate <= (1 - thresholds_.kendall_tau_b) / 2)
      return say(
          "tau-b is low ({:.3g}) though networks that differ by 10 % or more in ops are in order "
          "in {:.1f} % "
          "of the pairs: many share their ops or differ little, draw over a wider range",
          *tau.value, 100 * (1 - *rate));
    say("the order of networks is off (tau-b {:.3g}), which no margin mends: use ops by layer type "
        "or the "
        "per-layer model instead",
        *tau.value);
  }

  void margin() {
    if (!validation_.margin) {
      if (!validation_.budgets.empty())
        say("the line predicts no time at all for some network, so that no margin keeps a budget: "
            "restrict "
            "the range of ops, or fit with weights 1/y^2");
      return;
    }
    if (leans_bad("margin"))
      return say(
          "a margin of {:.3g} % is more than the {:.3g} % a search can use: use ops by layer type "
          "or the "
          "per-layer model instead",
          100 * *verdict_.margin, thresholds_.margin_percent);
    if (verdict_.ruling != Ruling::not_valid) use_margin();
  }

  /// The margin, what it costs at the tightest budget, and what it is worth.
  void use_margin() {
    const BudgetValidation& tightest =
        *std::min_element(validation_.budgets.begin(), validation_.budgets.end(),
                          [](const auto& a, const auto& b) { return a.quantile < b.quantile; });
    const BudgetQuality& with = *tightest.with_margin;
    say("to keep a budget, accept networks predicted at up to budget / {:.4g}: about {:.2g} % of "
        "further "
        "networks exceed their prediction by more than this margin of {:.3g} %; at the budget that "
        "{:.0f} % "
        "of the networks keep {} of {} accepted are above it and {:.3g} % of those within it are "
        "refused",
        1 + *verdict_.margin, 100 * validation_.margin->exceeded, 100 * *verdict_.margin,
        100 * tightest.quantile, with.false_feasible.cases, with.false_feasible.of,
        100 * with.false_infeasible.value().value_or(0));
    if (validation_.whole_enumeration || validation_.margin->exceeded <= validation_.false_feasible)
      return;
    say("{} networks vouch for {:.2g} % above the margin, not for {:.3g} %: that takes {:.0f}",
        validation_.n, 100 * validation_.margin->exceeded, thresholds_.false_feasible_percent,
        std::ceil((1 - validation_.false_feasible) / validation_.false_feasible - 1e-9));
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
          "the line is not above 0 for networks of {:.3g} ops, which took some: latency is curved "
          "in ops; "
          "restrict the range of ops or fit a line a range",
          validation_.fit.x_min);
    if (!leans_bad("curvature")) return;
    const Curvature& bend = *validation_.curvature;
    say("latency {} curved in ops: at {:.3g} ops the line {} by {:.3g} %; restrict the range of "
        "ops or fit a "
        "line a range, and don't extrapolate",
        verb("curvature", "is", "seems"), bend.largest_at,
        bend.largest.value > 0 ? "underestimates" : "overestimates",
        std::abs(100 * bend.largest.value));
  }

  void spread() {
    const bool precise = criterion("cross-validated MAPE").standing == Standing::met;
    if (!precise && validation_.breusch_pagan && validation_.breusch_pagan->p < 0.001) {
      say("the spread of latency changes with ops (Breusch-Pagan p = {:.1e}): fit with weights "
          "1/y^2, which "
          "minimises relative errors, and use HC3 errors",
          validation_.breusch_pagan->p);
    }
    if (precise && leans_bad("R^2")) {
      say("R^2 is low ({:.3g}) though errors are small ({:.3g} %): ops vary little in this sample, "
          "draw over "
          "a wider range",
          *criterion("R^2").value, *criterion("cross-validated MAPE").value);
    }
  }

  void range() {
    const auto& large = validation_.extrapolations.to_large;
    if (verdict_.ruling == Ruling::not_valid || !large) return;
    if (large->errors.mape_percent <= thresholds_.mape_percent) return;
    say("fitted to the smaller half of the networks the line misses the larger half by {:.3g} %: "
        "the proxy "
        "holds from {:.3g} to {:.3g} ops only",
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
    if (!one.interval->contains(
            *one.value)) {  // a bootstrap interval of few networks can leave it out
      say("{} is undecided: measure more networks", one.name);
      return;
    }
    const auto needed = rows_to_decide(validation_.n, *one.value, *one.interval, one.threshold);
    if (!needed || *needed > 1'000'000) {
      say("{} is at its threshold: more networks will hardly decide it", one.name);
    } else {
      say("{} is undecided: about {} networks would decide it, if it stays at {:.3g}", one.name,
          *needed, *one.value);
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
                     criterion.direction == Direction::at_least ? "at least" : "at most",
                     criterion.threshold, unit, name_of(criterion.standing));
}

std::vector<std::string> advice_for(const Verdict& verdict, const ProxyValidation& validation,
                                    const std::optional<SlopeDifference>& slopes,
                                    const Thresholds& thresholds) {
  return Advice(verdict, validation, slopes, thresholds).all();
}

}  // namespace opline::analysis
