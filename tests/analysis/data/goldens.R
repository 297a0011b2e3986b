# Writes diagnostics_data.csv, diagnostics.csv (for diagnostics_test.cpp), robust.csv (for robust_fit_test.cpp): R's figures.
#   apt-get install -y --no-install-recommends r-base-core r-cran-lmtest r-cran-sandwich r-cran-nortest r-cran-mass
#   Rscript goldens.R [KWS.csv]    (in this folder; without KWS.csv the rows of kws are those of diagnostics_data.csv)
# KWS.csv: opline run --space kws --count 100 --seed 1 --boards nucleo-f446re, then opline export --format csv.
suppressMessages({library(lmtest); library(sandwich); library(nortest)})
if (length(commandArgs(TRUE))) {
  kws <- read.csv(commandArgs(TRUE)[1], comment.char = "#")
  kws <- kws[kws$outcome == "measured", ]
} else {
  kws <- read.csv("diagnostics_data.csv", comment.char = "#")
  kws <- with(kws[kws$set == "kws", ], data.frame(latency_s = y, ops = x1))
}
sets <- list(
  kws = data.frame(y = kws$latency_s, x1 = kws$ops),
  cars = data.frame(y = cars$dist, x1 = cars$speed),
  mtcars = data.frame(y = mtcars$mpg, x1 = mtcars$wt, x2 = mtcars$hp),
  stackloss = data.frame(y = stackloss$stack.loss, x1 = stackloss$Air.Flow, x2 = stackloss$Water.Temp),
  trees = data.frame(y = trees$Volume, x1 = trees$Girth, x2 = trees$Height),
  faithful = data.frame(y = faithful$waiting, x1 = faithful$eruptions))
by <- sprintf("goldens.R, R %s, lmtest %s, sandwich %s, nortest %s", getRversion(), packageVersion("lmtest"),
              packageVersion("sandwich"), packageVersion("nortest"))
data <- file("diagnostics_data.csv", "w"); out <- file("diagnostics.csv", "w")
robust <- file("robust.csv", "w")
writeLines(sprintf("# goldens.R, R %s, MASS %s", getRversion(), packageVersion("MASS")), robust)
writeLines("set,quantity,row,value", robust)
writeLines(c(paste("#", by, "- R's data sets, and a simulated campaign of opline (ops, seconds)"), "set,y,x1,x2"), data)
writeLines(c(paste("#", by), "set,quantity,row,value"), out)
# RESET that holds where the spread varies: the Wald test of the same two columns with HC3 covariance. With an intercept the
# fitted values about their mean span the same columns and keep R's digits; the range only scales them.
robust_reset <- function(model, d, intercept) {
  f <- fitted(model) - if (intercept) mean(fitted(model)) else 0
  d$f2 <- (f / diff(range(f)))^2; d$f3 <- (f / diff(range(f)))^3
  waldtest(model, update(model, . ~ . + f2 + f3, data = d), vcov = function(x) vcovHC(x, "HC3"))
}
for (name in names(sets)) {
  d <- sets[[name]]; two <- "x2" %in% names(d)
  writeLines(sprintf("%s,%.17g,%.17g,%s", name, d$y, d$x1, if (two) sprintf("%.17g", d$x2) else ""), data)
  put <- function(q, v) writeLines(sprintf("%s,%s,%d,%.17g", name, q, seq_along(v), v), out)
  m <- if (two) lm(y ~ x1 + x2, d) else lm(y ~ x1, d)
  s <- summary(m); w <- lm(formula(m), d, weights = 1 / d$y^2)
  put("estimate", coef(m)); put("standard_error", s$coefficients[, 2]); put("t", s$coefficients[, 3])
  put("p", s$coefficients[, 4]); put("low", confint(m)[, 1]); put("hc3", sqrt(diag(vcovHC(m, "HC3"))))
  put("r_squared", s$r.squared); put("adjusted_r_squared", s$adj.r.squared); put("f", s$fstatistic[1])
  put("f_p", pf(s$fstatistic[1], s$fstatistic[2], s$fstatistic[3], lower.tail = FALSE))
  put("aic", AIC(m)); put("bic", BIC(m))
  put("relative", 100 * quantile(abs(resid(m)) / d$y, c(.5, .9, .95, 1)))
  put("weighted_estimate", coef(w)); put("weighted_error", summary(w)$coefficients[, 2])
  put("weighted_hc3", sqrt(diag(vcovHC(w, "HC3")))); put("weighted_aic", AIC(w))
  put("weighted_r_squared", summary(w)$r.squared)
  put("weighted_internal", rstandard(w)); put("weighted_cook", cooks.distance(w))
  test <- function(q, h) { put(q, h$statistic); put(paste0(q, "_p"), h$p.value) }
  put_reset <- function(q, h) { put(q, h[2, "F"]); put(paste0(q, "_p"), h[2, "Pr(>F)"]) }
  put_reset("reset_hc3", robust_reset(m, d, TRUE))
  put_reset("weighted_reset_hc3", robust_reset(w, d, TRUE))
  test("reset", resettest(m)); test("breusch_pagan", bptest(m))
  test("white", if (two) bptest(m, ~ x1 * x2 + I(x1^2) + I(x2^2), data = d) else bptest(m, ~ x1 + I(x1^2), data = d))
  e <- resid(m); e <- e - mean(e); n <- length(e)
  jb <- n / 6 * ((mean(e^3) / mean(e^2)^1.5)^2 + (mean(e^4) / mean(e^2)^2 - 3)^2 / 4)
  put("jarque_bera", jb); put("jarque_bera_p", pchisq(jb, 2, lower.tail = FALSE))
  test("shapiro_francia", sf.test(resid(m)))
  d$q <- (d$x1 - mean(d$x1))^2
  put("quadratic_t", summary(update(m, . ~ . + q, data = d))$coefficients["q", 3])
  put("leverage", hatvalues(m)); put("internal", rstandard(m)); put("external", rstudent(m))
  put("cook", cooks.distance(m))
  # Without intercept; the condition number in 2-norm of the columns scaled to length 1; RMSE.
  o <- if (two) lm(y ~ 0 + x1 + x2, d) else lm(y ~ 0 + x1, d)
  s <- summary(o)
  put("origin_estimate", coef(o)); put("origin_standard_error", s$coefficients[, 2])
  put("origin_r_squared", s$r.squared); put("origin_adjusted_r_squared", s$adj.r.squared)
  put("origin_f", s$fstatistic[1]); put("origin_aic", AIC(o)); put("origin_bic", BIC(o))
  put("origin_leverage", hatvalues(o)); put_reset("origin_reset_hc3", robust_reset(o, d, FALSE))
  scaled <- function(x) kappa(x %*% diag(1 / sqrt(colSums(x^2)), ncol(x)), exact = TRUE)
  put("condition", scaled(model.matrix(m))); put("origin_condition", scaled(model.matrix(o))); put("rmse", sqrt(mean(resid(m)^2)))
  r <- MASS::rlm(formula(m), d, method = "M", psi = MASS::psi.huber, maxit = 2000, acc = 1e-12)
  stopifnot(r$converged)
  out_robust <- function(q, v) writeLines(sprintf("%s,%s,%d,%.17g", name, q, seq_along(v), v), robust)
  out_robust("estimate", coef(r)); out_robust("standard_error", summary(r)$coefficients[, 2])
  out_robust("t", summary(r)$coefficients[, 3])
  out_robust("scale", r$s); out_robust("weight", r$w); out_robust("residual", resid(r))
}
