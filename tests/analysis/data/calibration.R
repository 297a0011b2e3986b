# Writes calibration_data.csv and calibration.csv: R's figures for tests/analysis/calibration_test.cpp.
#   apt-get install -y --no-install-recommends r-base-core r-cran-sandwich
#   Rscript calibration.R    (in this folder)
suppressMessages(library(sandwich))
sets <- list(
  # docs/accuracy.md: simulated seconds and the paper's, KWS-S, KWS-M and KWS-L on the F746ZG
  f746zg = data.frame(x = c(23917206, 40239024, 130199589) / 216e6, y = c(0.109, 0.187, 0.610)),
  cars = subset(data.frame(x = cars$speed, y = cars$dist), y > 0),
  trees = data.frame(x = trees$Girth, y = trees$Volume),
  women = data.frame(x = women$height, y = women$weight))
by <- sprintf("# calibration.R, R %s, sandwich %s", getRversion(), packageVersion("sandwich"))
data <- file("calibration_data.csv", "w"); out <- file("calibration.csv", "w")
writeLines(c(paste(by, "- docs/accuracy.md and R's data sets"), "set,x,y"), data)
writeLines(c(by, "set,constants,quantity,value"), out)
for (name in names(sets)) {
  d <- sets[[name]]
  writeLines(sprintf("%s,%.17g,%.17g", name, d$x, d$y), data)
  for (constants in 1:2) {
    if (constants == 2 && name %in% c("f746zg", "cars", "trees")) next  # n too small; below 0 at the end
    put <- function(q, v) writeLines(sprintf("%s,%d,%s,%.17g", name, constants, q, v), out)
    m <- if (constants == 1) lm(y ~ 0 + x, d, weights = 1 / x^2) else lm(y ~ x, d, weights = 1 / x^2)
    put("scale", coef(m)[["x"]]); put("scale_error", sqrt(diag(vcovHC(m, type = "HC3")))[["x"]])
    if (constants == 2) {
      put("offset", coef(m)[["(Intercept)"]])
      put("offset_error", sqrt(diag(vcovHC(m, type = "HC3")))[["(Intercept)"]])
    }
    without <- d$y - residuals(m) / (1 - hatvalues(m))
    put("fitted_mape", 100 * mean(abs(fitted(m) / d$y - 1)))
    put("left_out_mape", 100 * mean(abs(without / d$y - 1)))
    put("left_out_worst", 100 * max(abs(without / d$y - 1)))
    p <- predict(m, d, interval = "prediction", weights = 1 / d$x^2)
    put("further_error", max((p[, "upr"] - p[, "fit"]) / p[, "fit"]))
    r <- d$y / fitted(m) - 1; z <- (log(d$x) - min(log(d$x))) / diff(range(log(d$x)))
    put("trend", coef(lm(r ~ z))[["z"]])
    if (nrow(d) > 2) put("trend_error", sqrt(diag(vcovHC(lm(r ~ z), type = "HC3")))[["z"]])
  }
}
close(data); close(out)
