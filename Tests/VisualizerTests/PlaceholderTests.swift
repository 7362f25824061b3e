import Visualizer
import Testing
