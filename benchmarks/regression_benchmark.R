# regression_benchmark.R FILE ROWS COLUMNS REPEATS - R's part of regression_benchmark.cpp. Times are taken inside R,
# without start-up and reading: lm and summary; then every diagnostic that opline makes, with R's own functions (lmtest).
words <- commandArgs(TRUE)
rows <- as.integer(words[2]); columns <- as.integer(words[3])
if (!requireNamespace("lmtest", quietly = TRUE)) quit(status = 3)
suppressMessages(library(lmtest))
data <- matrix(readBin(words[1], "double", rows * (columns + 1)), rows)
d <- as.data.frame(data)
names(d) <- c("y", paste0("x", seq_len(columns)))
terms <- names(d)[-1]
first <- paste(terms, collapse = " + ")
formula <- as.formula(paste("y ~", first))
white <- as.formula(paste("~ (", first, ")^2 +", paste0("I(", terms, "^2)", collapse = " + ")))
clock <- function() proc.time()[["elapsed"]]
for (repeat_ in seq_len(as.integer(words[4]))) {
  start <- clock()
  m <- lm(formula, d); s <- summary(m)
  middle <- clock()
  influence <- list(hatvalues(m), rstandard(m), rstudent(m), cooks.distance(m))
  tests <- c(resettest(m)$statistic, bptest(m)$statistic, bptest(m, white, data = d)$statistic)
  e <- resid(m) - mean(resid(m))
  jb <- rows / 6 * ((mean(e^3) / mean(e^2)^1.5)^2 + (mean(e^4) / mean(e^2)^2 - 3)^2 / 4)
  end <- clock()
  cat(sprintf("time %.6f %.6f\n", middle - start, end - middle))
}
cat(sprintf("version R %s, lmtest %s\n", getRversion(), packageVersion("lmtest")))
figures <- c(coef(m), s$coefficients[, 2], tests, jb, max(influence[[1]]), max(influence[[4]]))
cat(sprintf("figure %.17g\n", figures), sep = "")
