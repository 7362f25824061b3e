import LMCore
import Testing
