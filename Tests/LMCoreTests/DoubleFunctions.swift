import Foundation

// Under names that say which of the overloads of `exp`, `tanh`, `cos` and `erfc` is meant.
func exp64(_ x: Double) -> Double { exp(x) }
func tanh64(_ x: Double) -> Double { tanh(x) }
func cos64(_ x: Double) -> Double { cos(x) }
func erfc64(_ x: Double) -> Double { erfc(x) }
